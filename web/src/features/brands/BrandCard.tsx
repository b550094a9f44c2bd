import { CircleAlert, Ellipsis, FolderUp, Layers, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { Link } from "react-router";

import { useMay } from "@/api/session";
import type { Brand } from "@/api/types";
import { Badge, Button, Checkbox, Dropdown, DropdownItem, DropdownSeparator, IconButton, Said, Spinner } from "@/components/ui";
import { classes } from "@/lib/classes";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

import { Mosaic } from "./Mosaic";

export interface CardActions {
  onSync: (brand: Brand) => void;
  onUpload: (brand: Brand) => void;
  onEdit: (brand: Brand) => void;
  onRemove: (brand: Brand) => void;
}

interface BrandCardProps extends CardActions {
  brand: Brand;
  selected: boolean;
  onSelect: (selected: boolean) => void;
}

/** A brand: its pictures, what is known of it, and what went wrong with it. */
export function BrandCard({ brand, selected, onSelect, ...actions }: BrandCardProps) {
  const texts = useTexts();
  const name = brand.name || brand.key;
  const box = `select-${brand.key}`;
  return (
    <article
      aria-label={name}
      className={classes(
        "group bg-surface shadow-card relative flex flex-col overflow-hidden rounded-lg border transition-colors",
        selected ? "border-accent ring-accent ring-1" : "hover:border-line-strong",
      )}
    >
      <label htmlFor={box} className="block">
        <Mosaic contents={brand.mosaic} colour={brand.colour} alt={name} className="aspect-[16/9] w-full" />
      </label>
      <span className="bg-surface/90 absolute top-2.5 left-2.5 rounded-sm p-1 backdrop-blur">
        <Checkbox id={box} label={texts.brands.select(name)} checked={selected} onChange={onSelect} />
      </span>
      <div className="flex flex-1 flex-col gap-3 p-4">
        <CardHead brand={brand} name={name} {...actions} />
        {brand.error && <CardError brand={brand} onSync={actions.onSync} />}
        <CardFoot brand={brand} name={name} />
      </div>
    </article>
  );
}

function CardHead({ brand, name, ...actions }: { brand: Brand; name: string } & CardActions) {
  const format = useFormat();
  const texts = useTexts();
  const every = brand.every_hours ? ` · ${texts.brands.every(brand.every_hours)}` : "";
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-lg font-semibold">{name}</h2>
        <p className="text-ink-2 text-sm">
          {brand.last_sync ? texts.brands.synced(format.ago(brand.last_sync)) : texts.brands.never}
          {every}
        </p>
      </div>
      <CardMenu brand={brand} name={name} {...actions} />
    </div>
  );
}

function CardMenu({ brand, name, onSync, onUpload, onEdit, onRemove }: { brand: Brand; name: string } & CardActions) {
  const texts = useTexts();
  const admin = useMay("admin");
  if (!useMay("reviewer")) return null;
  return (
    <Dropdown trigger={<IconButton icon={Ellipsis} size="sm" label={texts.brands.menu(name)} className="-mt-0.5 -mr-1.5" />}>
      <DropdownItem icon={RefreshCw} disabled={brand.state === "syncing"} onSelect={() => onSync(brand)}>
        {texts.brands.sync}
      </DropdownItem>
      <DropdownItem icon={FolderUp} onSelect={() => onUpload(brand)}>
        {texts.brands.addFiles}
      </DropdownItem>
      {admin && (
        <>
          <DropdownItem icon={Pencil} onSelect={() => onEdit(brand)}>
            {texts.brands.edit}
          </DropdownItem>
          <DropdownSeparator />
          <DropdownItem icon={Trash2} danger onSelect={() => onRemove(brand)}>
            {texts.brands.remove}
          </DropdownItem>
        </>
      )}
    </Dropdown>
  );
}

function CardError({ brand, onSync }: { brand: Brand; onSync: (brand: Brand) => void }) {
  const texts = useTexts();
  return (
    <div role="alert" className="bg-bad-soft text-bad-ink flex items-start gap-2 rounded-md p-2.5 text-sm">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{texts.brands.failedTitle}</p>
        <p className="break-words"><Said text={brand.error} /></p>
        <Button size="sm" className="mt-2" icon={RefreshCw} onClick={() => onSync(brand)}>
          {texts.app.general.retry}
        </Button>
      </div>
    </div>
  );
}

function CardFoot({ brand, name }: { brand: Brand; name: string }) {
  const texts = useTexts();
  const working = brand.state === "syncing" || brand.job;
  return (
    <div className="mt-auto flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
      <span className="tabular font-medium">{texts.app.general.images(brand.images)}</span>
      {brand.result && (
        <Link
          to={paths.results(brand.result, `brand=${encodeURIComponent(brand.key)}`)}
          className="text-accent-ink flex items-center gap-1.5 rounded-xs py-0.5 hover:underline"
        >
          <Layers className="size-3.5" aria-hidden />
          {brand.groups > 0 ? texts.brands.groups(brand.groups) : texts.app.nav.results}
          <span className="sr-only">: {texts.brands.seeGroups(name)}</span>
        </Link>
      )}
      {brand.skipped > 0 && <span className="text-ink-3">{texts.brands.skipped(brand.skipped)}</span>}
      <span className="ml-auto">
        {working ? (
          <WorkingBadge brand={brand} />
        ) : (
          brand.state !== "ready" && <Badge tone={brand.state === "failed" ? "bad" : "neutral"}>{texts.brands.state[brand.state]}</Badge>
        )}
      </span>
    </div>
  );
}

function WorkingBadge({ brand }: { brand: Brand }) {
  const texts = useTexts();
  const label = brand.state === "syncing" ? texts.brands.state.syncing : texts.brands.working;
  const badge = (
    <Badge tone="accent">
      <Spinner className="size-3" />
      {label}
    </Badge>
  );
  if (!brand.job) return badge;
  return (
    <Link to={paths.job(brand.job)} className="rounded-full" aria-label={`${label}: ${texts.brands.follow}`}>
      {badge}
    </Link>
  );
}
