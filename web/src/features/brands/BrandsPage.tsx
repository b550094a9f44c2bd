import { FolderUp, ImageUp, Images, Plus, ScanSearch, Search } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { useBrands } from "@/api/brands";
import { useMay } from "@/api/session";
import type { Brand } from "@/api/types";
import type { UploadPart } from "@/api/upload";
import { ActionButton, Button, Confirm, EmptyState, ErrorScreen, Input, Page, Skeleton, toast } from "@/components/ui";
import { type Action, useActions } from "@/lib/actions";
import { paths } from "@/lib/paths";
import { useTyped } from "@/lib/useTyped";
import { useTexts } from "@/texts";

import { useRemoveBrand, useStartJob, useSyncBrand } from "./api/changes";
import { BrandCard } from "./BrandCard";
import { BrandDialog } from "./BrandDialog";
import { filesOfDrop, filesOfInput } from "./dropped";
import { RunBar } from "./RunBar";
import { UploadDialog } from "./UploadDialog";
import { useBrandsView } from "./useBrandsView";
import { useFileDrop } from "./useFileDrop";

type Open =
  | { kind: "add" }
  | { kind: "edit" | "remove"; brand: Brand }
  | { kind: "upload"; parts: UploadPart[]; target?: string }
  | null;

const GRID = "grid gap-4 sm:grid-cols-2 xl:grid-cols-3 2xl:grid-cols-4";

/** All brands: choose some and set them going, add others, drop files. */
export function BrandsPage() {
  const texts = useTexts();
  const t = texts.brands;
  const { data: brands, error, isPending, refetch } = useBrands();
  const [open, setOpen] = useState<Open>(null);
  const page = usePageActions(brands ?? [], setOpen);
  const all = brands ?? [];
  const images = (some: readonly Brand[]) => some.reduce((sum, brand) => sum + brand.images, 0);
  const { view } = page;
  return (
    <Page
      title={t.title}
      intro={brands && brands.length > 0 ? t.count(brands.length, images(brands)) : undefined}
      actions={
        brands && brands.length > 0 && (
          <>
            <ActionButton action={page.add} />
            <ActionButton action={page.runAll} look="primary" aria-label={page.runAll.label}>
              <span className="max-sm:hidden">{page.runAll.label}</span>
              <span className="sm:hidden">{t.run}</span>
            </ActionButton>
          </>
        )
      }
    >
      {all.length > 0 && <Toolbar view={view} count={all.length} searchRef={page.searchRef} />}
      {isPending && <Loading />}
      {error && !brands && <ErrorScreen error={error} onRetry={() => void refetch()} />}
      {brands?.length === 0 && <Welcome onAdd={() => setOpen({ kind: "add" })} onFiles={page.choose} />}
      {all.length > 0 && view.shown.length === 0 && (
        <EmptyState icon={Search} title={t.noneFound(view.text)} actions={<Button onClick={() => view.setText("")}>{t.clearSearch}</Button>} />
      )}
      <div className={GRID}>
        {view.shown.map((brand) => (
          <BrandCard
            key={brand.key}
            brand={brand}
            selected={view.selected.has(brand.key)}
            onSelect={(on) => view.toggle(brand.key, on)}
            onSync={page.sync}
            onUpload={(target) => page.choose("files", target.key)}
            onEdit={(edited) => setOpen({ kind: "edit", brand: edited })}
            onRemove={(removed) => setOpen({ kind: "remove", brand: removed })}
          />
        ))}
      </div>
      {view.selected.size > 0 && (
        <RunBar
          count={view.selected.size}
          images={images(all.filter((brand) => view.selected.has(brand.key)))}
          busy={page.starting}
          onRun={(fetchFirst) => page.run([...view.selected], fetchFirst)}
          onClear={() => view.setSelected([])}
        />
      )}
      {page.inputs}
      {page.hovering && <DropHint />}
      <Dialogs open={open} onClose={() => setOpen(null)} brands={all} onRun={(key) => page.run([key], false)} />
    </Page>
  );
}

/** What the page can do, as actions with keys, and the means for it. */
function usePageActions(brands: readonly Brand[], setOpen: (open: Open) => void) {
  const texts = useTexts();
  const t = texts.brands;
  const view = useBrandsView(brands);
  const navigate = useNavigate();
  const start = useStartJob();
  const syncing = useSyncBrand();
  const admin = useMay("admin");
  const searchRef = useRef<HTMLInputElement>(null);
  const files = useFiles(setOpen);
  const failed = (error: Error) => void toast({ tone: "bad", title: t.state.failed, said: error.message });
  const run = (keys: string[], sync: boolean) => {
    if (start.isPending) return;
    start.mutate({ brands: keys, sync }, { onSuccess: (job) => void navigate(paths.job(job.id)), onError: failed });
  };
  const sync = (brand: Brand) =>
    syncing.mutate(brand.key, {
      onSuccess: () => void toast({ title: t.syncStarted(brand.name || brand.key) }),
      onError: failed,
    });
  const section = t.title;
  const add: Action = { id: "brands.add", label: t.add, section, icon: Plus, keys: ["n"], disabled: !admin, run: () => setOpen({ kind: "add" }) };
  const none = brands.length === 0;
  const chosen = [...view.selected];
  const runAll: Action = { id: "brands.run", label: t.runAll, section, icon: ScanSearch, disabled: none, run: () => run([], false) };
  useActions([
    add,
    runAll,
    { id: "brands.runSelected", label: t.run, section, icon: ScanSearch, keys: ["r"], disabled: none, run: () => run(chosen, false) },
    { id: "brands.files", label: t.empty.drop, section, icon: ImageUp, keys: ["u"], run: () => files.choose("files") },
    { id: "brands.folder", label: t.empty.dropFolder, section, icon: FolderUp, run: () => files.choose("folder") },
    { id: "brands.search", label: t.search, section, icon: Search, keys: ["/"], run: () => searchRef.current?.focus() },
    { id: "brands.all", label: t.selectAll, section, keys: ["a"], disabled: none, run: () => view.setSelected(view.shown.map(({ key }) => key)) },
    { id: "brands.none", label: t.selectNone, section, keys: ["Escape"], disabled: chosen.length === 0, run: () => view.setSelected([]) },
  ]);
  return { view, add, runAll, run, sync, searchRef, starting: start.isPending, ...files };
}

/** Files from a drop on the page or from the system's dialog. */
function useFiles(setOpen: (open: Open) => void) {
  const texts = useTexts();
  const filesRef = useRef<HTMLInputElement>(null);
  const folderRef = useRef<HTMLInputElement>(null);
  const target = useRef<string | undefined>(undefined);
  const take = useCallback(
    (parts: UploadPart[], key?: string) => {
      if (parts.length === 0) toast({ tone: "bad", title: texts.brands.upload.nothing, lasts: 6000 });
      else setOpen({ kind: "upload", parts, ...(key ? { target: key } : {}) });
    },
    [setOpen, texts],
  );
  const onDrop = useCallback(
    (data: DataTransfer) => {
      void filesOfDrop(data).then((parts) => take(parts));
    },
    [take],
  );
  const hovering = useFileDrop(onDrop);
  const onInput = (event: React.ChangeEvent<HTMLInputElement>) => {
    if (event.target.files) take(filesOfInput(event.target.files), target.current);
    event.target.value = "";
  };
  const choose = (what: "files" | "folder", key?: string) => {
    target.current = key;
    (what === "files" ? filesRef : folderRef).current?.click();
  };
  const inputs = (
    <>
      <input ref={filesRef} type="file" multiple hidden aria-label={texts.brands.empty.drop} onChange={onInput} />
      <input ref={folderRef} type="file" multiple hidden aria-label={texts.brands.empty.dropFolder} onChange={onInput} {...{ webkitdirectory: "" }} />
    </>
  );
  return { hovering, choose, inputs };
}

type View = ReturnType<typeof useBrandsView>;

function Toolbar({ view, count, searchRef }: { view: View; count: number; searchRef: React.RefObject<HTMLInputElement | null> }) {
  const t = useTexts().brands;
  const [typed, setTyped] = useTyped(view.text, view.setText);
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <div className="relative min-w-48 flex-1 sm:max-w-80">
        <Search className="text-ink-3 pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2" aria-hidden />
        <Input
          ref={searchRef}
          type="search"
          className="pl-9"
          placeholder={t.search}
          aria-label={t.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
      </div>
      <div className="ml-auto flex gap-1">
        <Button look="ghost" disabled={view.selected.size === count} onClick={() => view.setSelected(view.shown.map(({ key }) => key))}>
          {t.selectAll}
        </Button>
        <Button look="ghost" disabled={view.selected.size === 0} onClick={() => view.setSelected([])}>
          {t.selectNone}
        </Button>
      </div>
    </div>
  );
}

function Loading() {
  const texts = useTexts();
  return (
    <div className={GRID} role="status" aria-label={texts.app.general.loading}>
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} className="border-line bg-surface overflow-hidden rounded-lg border">
          <Skeleton className="aspect-[16/9] rounded-none" />
          <div className="space-y-2.5 p-4">
            <Skeleton className="h-5 w-1/2" />
            <Skeleton className="h-4 w-1/3" />
            <Skeleton className="mt-4 h-5 w-2/3" />
          </div>
        </div>
      ))}
    </div>
  );
}

function Welcome({ onAdd, onFiles }: { onAdd: () => void; onFiles: (what: "files" | "folder") => void }) {
  const t = useTexts().brands;
  return (
    <div className="border-line-strong rounded-xl border border-dashed">
      <EmptyState
        icon={Images}
        title={t.empty.title}
        actions={
          <>
            <Button look="primary" icon={Plus} onClick={onAdd}>
              {t.add}
            </Button>
            <Button icon={ImageUp} onClick={() => onFiles("files")}>
              {t.empty.drop}
            </Button>
            <Button icon={FolderUp} onClick={() => onFiles("folder")}>
              {t.empty.dropFolder}
            </Button>
          </>
        }
      >
        {t.empty.text}
      </EmptyState>
    </div>
  );
}

function DropHint() {
  const t = useTexts().brands.drop;
  return (
    <div className="bg-canvas/85 animate-fade pointer-events-none fixed inset-0 z-50 p-6 backdrop-blur-sm">
      <div className="border-accent bg-accent-soft text-accent-ink flex size-full flex-col items-center justify-center rounded-xl border-2 border-dashed">
        <FolderUp className="mb-3 size-10" strokeWidth={1.5} aria-hidden />
        <p className="text-xl font-semibold">{t.title}</p>
        <p className="mt-1">{t.text}</p>
      </div>
    </div>
  );
}

interface DialogsProps {
  open: Open;
  onClose: () => void;
  brands: readonly Brand[];
  onRun: (key: string) => void;
}

function Dialogs({ open, onClose, brands, onRun }: DialogsProps) {
  const taken = new Set(brands.map((brand) => brand.key));
  switch (open?.kind) {
    case "add":
      return <BrandDialog taken={taken} onClose={onClose} />;
    case "edit":
      return <BrandDialog brand={open.brand} taken={taken} onClose={onClose} />;
    case "remove":
      return <RemoveDialog brand={open.brand} onClose={onClose} />;
    case "upload":
      return <UploadDialog parts={open.parts} target={open.target} brands={brands} onClose={onClose} onRun={onRun} />;
    default:
      return null;
  }
}

function RemoveDialog({ brand, onClose }: { brand: Brand; onClose: () => void }) {
  const t = useTexts().brands;
  const remove = useRemoveBrand();
  const name = brand.name || brand.key;
  const confirm = () => {
    onClose();
    remove.mutate(brand.key, {
      onSuccess: () => void toast({ tone: "good", title: t.removed(name) }),
      onError: (error) => void toast({ tone: "bad", title: t.state.failed, said: error.message }),
    });
  };
  return (
    <Confirm open onOpenChange={(open) => !open && onClose()} title={t.removeTitle(name)} confirm={t.remove} danger onConfirm={confirm}>
      {t.removeText}
    </Confirm>
  );
}
