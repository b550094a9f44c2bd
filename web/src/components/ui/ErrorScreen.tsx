import { CircleSlash, CloudOff, GitCompareArrows, Lock, RefreshCw, ServerCrash, ShieldAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { ApiError, Unreachable } from "@/api/problems";
import { paths } from "@/lib/paths";
import { type Texts, useTexts } from "@/texts";

import { Button } from "./Button";
import { EmptyState } from "./EmptyState";
import { Said } from "./Said";

type Kind = Exclude<keyof Texts["app"]["error"], "reload" | "home" | "details">;

/** What kind of trouble an error is. */
export function kindOf(error: unknown): Kind {
  if (error instanceof Unreachable) return "offline";
  if (error instanceof TypeError && /dynamically imported module|Importing a module/.test(error.message)) return "outdated";
  if (!(error instanceof ApiError)) return "crash";
  const kinds: Partial<Record<number, Kind>> = { 400: "invalid", 401: "signIn", 403: "forbidden", 404: "missing", 409: "conflict", 410: "missing", 422: "invalid", 429: "limited" };
  return kinds[error.status] ?? (error.status >= 500 ? "server" : "invalid");
}

const ICONS = {
  offline: CloudOff,
  signIn: Lock,
  forbidden: ShieldAlert,
  missing: CircleSlash,
  conflict: GitCompareArrows,
  limited: RefreshCw,
  invalid: TriangleAlert,
  server: ServerCrash,
  crash: TriangleAlert,
  outdated: RefreshCw,
};

interface ErrorScreenProps {
  error: unknown;
  /** Tries again what failed; without it the page can be loaded anew. */
  onRetry?: () => void;
  actions?: ReactNode;
  className?: string;
}

/** What went wrong in plain words, what the server said of it, and the way on. */
export function ErrorScreen({ error, onRetry, actions, className }: ErrorScreenProps) {
  const texts = useTexts();
  const kind = kindOf(error);
  const said = error instanceof ApiError ? [error.message, error.nextStep].filter(Boolean).join(" ") : "";
  const retry = onRetry ?? (() => window.location.reload());
  return (
    <EmptyState
      icon={ICONS[kind]}
      title={texts.app.error[kind].title}
      className={className}
      actions={
        <>
          {actions}
          {kind === "signIn" ? (
            <Button look="primary" asChild>
              <Link to={paths.signIn()}>{texts.app.session.submit}</Link>
            </Button>
          ) : (
            <Button look="primary" icon={RefreshCw} onClick={retry}>
              {onRetry ? texts.app.general.retry : texts.app.error.reload}
            </Button>
          )}
          {kind === "missing" && (
            <Button asChild>
              <Link to={paths.brands()}>{texts.app.error.home}</Link>
            </Button>
          )}
        </>
      }
    >
      <div role="alert">
        <p>{texts.app.error[kind].text}</p>
        {said && <p className="text-ink-3 mt-3 text-sm break-words"><Said text={said} /></p>}
        {kind === "crash" && error instanceof Error && <p className="text-ink-3 mt-3 font-mono text-xs">{error.message}</p>}
      </div>
    </EmptyState>
  );
}
