import { useNavigate, useParams } from "react-router";

import { useMay } from "@/api/session";
import { Page, Tabs } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useTexts } from "@/texts";

import { HealthSection } from "./HealthSection";
import { ModelsSection } from "./ModelsSection";
import { PreferencesSection } from "./PreferencesSection";
import { StorageSection } from "./StorageSection";
import { TokensSection } from "./TokensSection";
import { ValuesSection } from "./ValuesSection";

const SECTIONS = [
  { value: "health", text: "health", Content: HealthSection, admin: false },
  { value: "values", text: "thresholds", Content: ValuesSection, admin: false },
  { value: "models", text: "models", Content: ModelsSection, admin: false },
  { value: "storage", text: "storage", Content: StorageSection, admin: false },
  { value: "access", text: "tokens", Content: TokensSection, admin: true },
  { value: "browser", text: "preferences", Content: PreferencesSection, admin: false },
] as const;

type Section = (typeof SECTIONS)[number]["value"];

/** How the service is, and what can be set. */
export function SettingsPage() {
  const t = useTexts().settings;
  const navigate = useNavigate();
  const { section } = useParams();
  const admin = useMay("admin");
  const shown = SECTIONS.filter((one) => admin || !one.admin);
  const current: Section = shown.find(({ value }) => value === section)?.value ?? "health";
  return (
    <Page title={t.title} width="reading">
      <Tabs<Section>
        label={t.title}
        value={current}
        onChange={(next) => void navigate(paths.settings(next), { replace: true, preventScrollReset: true })}
        tabs={shown.map(({ value, text, Content }) => ({ value, label: t.sections[text], content: <Content /> }))}
      />
    </Page>
  );
}
