import { Segments, Select, Switch, toast } from "@/components/ui";
import { prefer, type Preferences, usePreferences } from "@/lib/preferences";
import { useTexts } from "@/texts";

import { Intro, Rows, SettingRow } from "./Rows";

/** What a person sets for this browser: theme, language, keys, notifications. */
export function PreferencesSection() {
  const texts = useTexts();
  const t = texts.settings.preferences;
  const own = usePreferences();
  const themes = (["system", "light", "dark"] as const).map((value) => ({ value, label: texts.app.theme[value] }));
  const languages = (["system", "en", "de"] as const).map((value) => ({ value, label: t.languages[value] }));
  return (
    <>
      <Intro>{t.intro}</Intro>
      <Rows>
        <SettingRow title={t.theme}>
          <Segments<Preferences["theme"]> label={t.theme} value={own.theme} options={themes} onChange={(theme) => prefer({ theme })} />
        </SettingRow>
        <SettingRow id="language" title={t.language}>
          <Select<Preferences["language"]> id="language" label={t.language} value={own.language} options={languages} onChange={(language) => prefer({ language })} className="min-w-44" />
        </SettingRow>
        <SettingRow id="letter-keys" title={t.letterKeys} hint={t.letterKeysHint}>
          <Switch id="letter-keys" label={t.letterKeys} checked={own.letterKeys} onChange={(letterKeys) => prefer({ letterKeys })} />
        </SettingRow>
        {typeof Notification !== "undefined" && <NotifyRow />}
      </Rows>
    </>
  );
}

function NotifyRow() {
  const t = useTexts().settings.preferences;
  const { notify } = usePreferences();
  const change = async (on: boolean) => {
    const said = on ? await Notification.requestPermission() : "denied";
    prefer({ notify: said === "granted" });
    if (on && said !== "granted") toast({ title: t.notifyDenied });
  };
  return (
    <SettingRow id="notify" title={t.notify} hint={t.notifyHint}>
      <Switch id="notify" label={t.notify} checked={notify && Notification.permission === "granted"} onChange={(on) => void change(on)} />
    </SettingRow>
  );
}
