import { type SubmitEvent, useEffect, useState } from "react";
import { Navigate, useLocation } from "react-router";

import { statusOf } from "@/api/problems";
import { useSession, useSignIn } from "@/api/session";
import { Button, ErrorScreen, Field, Input } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useTexts } from "@/texts";

const cameFrom = (state: unknown): string =>
  typeof state === "object" && state !== null && "from" in state && typeof state.from === "string" ? state.from : paths.brands();

/** Asks for name and password, and goes back to where one wanted to be. */
export function SignInPage() {
  const texts = useTexts();
  const state: unknown = useLocation().state;
  const session = useSession();
  const signIn = useSignIn();
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  useEffect(() => {
    document.title = `${texts.app.session.title} · ${texts.app.name}`;
  }, [texts]);
  if (session.data && (!session.data.required || session.data.user)) return <Navigate to={cameFrom(state)} replace />;
  const wrong = statusOf(signIn.error) === 401 || statusOf(signIn.error) === 403;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate({ name, password });
  };
  return (
    <main className="flex min-h-dvh items-center justify-center p-6">
      <div className="w-full max-w-90">
        <svg viewBox="0 0 32 32" className="text-accent mb-6 size-10" aria-hidden>
          <rect x="3" y="3" width="18" height="18" rx="5" fill="currentColor" opacity=".4" />
          <rect x="11" y="11" width="18" height="18" rx="5" fill="currentColor" />
        </svg>
        <h1 className="text-2xl font-semibold tracking-tight">{texts.app.session.title}</h1>
        <p className="text-ink-2 mt-1">{texts.app.session.intro}</p>
        <form onSubmit={submit} className="mt-6 space-y-4">
          <Field id="name" label={texts.app.session.name}>
            <Input id="name" autoComplete="username" required value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Field id="password" label={texts.app.session.password} error={wrong ? texts.app.session.wrong : undefined}>
            <Input
              id="password"
              type="password"
              autoComplete="current-password"
              required
              aria-invalid={wrong || undefined}
              aria-describedby="password-note"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </Field>
          <Button type="submit" look="primary" size="lg" className="w-full" busy={signIn.isPending}>
            {texts.app.session.submit}
          </Button>
        </form>
        {signIn.isError && !wrong && <ErrorScreen error={signIn.error} className="py-8" onRetry={() => signIn.reset()} />}
      </div>
    </main>
  );
}
