import { Dialog, KeyCaps } from "@/components/ui";
import { useCurrentActions } from "@/lib/actions";
import { usePreferences } from "@/lib/preferences";
import { useTexts } from "@/texts";

import { bySection } from "./palette";

/** All keys that work here. */
export function HelpSheet({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { letterKeys } = usePreferences();
  const actions = useCurrentActions().filter((action) => action.keys?.length && action.layer !== "dialog");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={texts.app.help.title}
      description={letterKeys ? texts.app.help.intro : texts.app.help.off}
      width="lg"
    >
      <div className="gap-x-10 sm:columns-2">
        {bySection(actions).map(([section, entries]) => (
          <section key={section} className="mb-6 break-inside-avoid">
            <h3 className="text-ink-3 mb-1 text-xs font-medium">{section}</h3>
            <dl>
              {entries.map((action) => (
                <div key={action.id} className="border-line flex min-h-9 items-center justify-between gap-4 border-b py-1 last:border-0">
                  <dt>{action.label}</dt>
                  <dd className="flex shrink-0 items-center gap-1.5">
                    {action.keys?.map((keys, index) => (
                      <span key={keys} className="flex items-center gap-1.5">
                        {index > 0 && <span className="text-ink-3 text-xs">{texts.app.help.or}</span>}
                        <KeyCaps keys={keys} />
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
