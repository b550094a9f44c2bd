import { Boxes } from "lucide-react";

import type { Model } from "@/api/types";
import { Badge, EmptyState, ErrorScreen } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import { useModels } from "./api/models";
import { Intro, LoadingRows, Rows } from "./Rows";

/** The models that are known, and which of them are here. */
export function ModelsSection() {
  const t = useTexts().settings.models;
  const { data: models, error, isPending, refetch } = useModels();
  if (isPending) return <LoadingRows />;
  if (!models) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  if (models.length === 0) return <EmptyState icon={Boxes} title={t.none} />;
  return (
    <>
      <Intro>{t.intro}</Intro>
      <Rows>
        {models.map((model) => (
          <ModelRow key={model.name} model={model} />
        ))}
      </Rows>
    </>
  );
}

function ModelRow({ model }: { model: Model }) {
  const t = useTexts().settings.models;
  const format = useFormat();
  // "OpenAI CLIP ViT-B/32: the model that published thresholds are for."
  const [title = "", ...about] = (model.title || model.name).split(": ");
  const facts = [
    model.bytes ? format.bytes(model.bytes) : "",
    model.dims ? t.dims(model.dims) : "",
    model.threshold ? `${t.threshold} ${format.number(model.threshold)}` : "",
    model.licence ? `${t.licence}: ${model.licence}` : "",
  ];
  return (
    <li className="px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-medium">{title.replace(/\.$/, "")}</h3>
        <span className="text-ink-3 font-mono text-xs">{model.name}</span>
        <Badge tone={model.present ? "good" : "neutral"} className="ml-auto">
          {model.present ? t.present : t.absent}
        </Badge>
      </div>
      {about.length > 0 && <p className="mt-0.5 text-sm first-letter:uppercase">{about.join(": ")}</p>}
      <p className="text-ink-2 tabular mt-0.5 text-sm">{facts.filter(Boolean).join(" · ")}</p>
      {!model.present && (
        <p className="text-ink-2 mt-1.5 text-sm">
          {t.download} <code className="bg-sunken text-ink rounded-xs px-1.5 py-0.5 font-mono text-xs">sosie models download {model.name}</code>
        </p>
      )}
    </li>
  );
}
