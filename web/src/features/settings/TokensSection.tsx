import { Check, Copy, KeyRound, Plus, Trash2 } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import type { Role, Token } from "@/api/types";
import { Badge, Button, Confirm, Dialog, EmptyState, ErrorScreen, Field, IconButton, Input, Select, toast } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import { useMakeToken, useRemoveToken, useTokens } from "./api/tokens";
import { Intro, LoadingRows, Rows } from "./Rows";

/** The tokens of programs: make, see when they were used, remove. */
export function TokensSection() {
  const t = useTexts().settings.tokens;
  const { data: tokens, error, isPending, refetch } = useTokens();
  const [making, setMaking] = useState(false);
  if (isPending) return <LoadingRows count={3} />;
  if (!tokens) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  const make = (
    <Button look="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t.make}
    </Button>
  );
  return (
    <>
      {tokens.length === 0 ? (
        <EmptyState icon={KeyRound} title={t.none} actions={make}>
          {t.noneText}
        </EmptyState>
      ) : (
        <>
          <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
            <Intro>{t.intro}</Intro>
            {make}
          </div>
          <Rows>
            {tokens.map((token) => (
              <TokenRow key={token.id} token={token} />
            ))}
          </Rows>
        </>
      )}
      {making && <MakeDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function TokenRow({ token }: { token: Token }) {
  const texts = useTexts();
  const t = texts.settings.tokens;
  const format = useFormat();
  const remove = useRemoveToken();
  const [asking, setAsking] = useState(false);
  const confirm = () => {
    setAsking(false);
    remove.mutate(token.id, { onError: (error) => void toast({ tone: "bad", title: token.name, said: error.message }) });
  };
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <div className="min-w-0 flex-1">
        <span className="font-medium break-words">{token.name}</span>
        <p className="text-ink-2 text-sm">
          {t.created(format.ago(token.created))} · {token.last_used ? t.used(format.ago(token.last_used)) : t.neverUsed}
        </p>
      </div>
      <Badge>{texts.app.session.role[token.role]}</Badge>
      <IconButton icon={Trash2} size="sm" label={t.remove(token.name)} onClick={() => setAsking(true)} />
      <Confirm open={asking} onOpenChange={setAsking} title={t.removeTitle(token.name)} confirm={t.confirm} danger onConfirm={confirm}>
        {t.removeText}
      </Confirm>
    </li>
  );
}

function MakeDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const t = texts.settings.tokens;
  const make = useMakeToken();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  if (make.data?.secret) return <SecretDialog secret={make.data.secret} onClose={onClose} />;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), role });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.make}
      width="sm"
      footer={
        <>
          <Button onClick={onClose}>{texts.app.general.cancel}</Button>
          <Button look="primary" type="submit" form="token-form" busy={make.isPending} disabled={!name.trim()}>
            {t.create}
          </Button>
        </>
      }
    >
      <form id="token-form" onSubmit={submit} className="space-y-4">
        <Field id="token-name" label={t.name}>
          <Input id="token-name" required maxLength={100} placeholder={t.namePlaceholder} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field id="token-role" label={t.role}>
          <Select<Role>
            id="token-role"
            label={t.role}
            value={role}
            options={(["viewer", "reviewer", "admin"] as const).map((value) => ({ value, label: t.roles[value] }))}
            onChange={setRole}
            className="w-full"
          />
        </Field>
        {make.isError && <ErrorScreen error={make.error} className="py-4" onRetry={() => make.mutate({ name: name.trim(), role })} />}
      </form>
    </Dialog>
  );
}

function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useTexts().settings.tokens;
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.madeTitle}
      description={t.madeText}
      footer={
        <Button look="primary" onClick={onClose}>
          {t.done}
        </Button>
      }
    >
      <div className="flex gap-2">
        <Input readOnly aria-label={t.copy} value={secret} className="font-mono text-sm" onFocus={(event) => event.target.select()} />
        <IconButton look="secondary" icon={copied ? Check : Copy} label={copied ? t.copied : t.copy} onClick={() => void copy()} />
      </div>
    </Dialog>
  );
}
