/** What went wrong with a request, as the server told it: a sentence, and what helps. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly nextStep: string;
  readonly errors: readonly Record<string, unknown>[];

  constructor(status: number, problem: Partial<Record<"title" | "detail" | "next_step" | "errors", unknown>>) {
    const title = typeof problem.title === "string" ? problem.title : "";
    super(typeof problem.detail === "string" && problem.detail ? problem.detail : title);
    this.name = "ApiError";
    this.status = status;
    this.title = title;
    this.nextStep = typeof problem.next_step === "string" ? problem.next_step : "";
    this.errors = Array.isArray(problem.errors) ? (problem.errors as Record<string, unknown>[]) : [];
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached.", { cause });
    this.name = "Unreachable";
  }
}

export const statusOf = (error: unknown): number => (error instanceof ApiError ? error.status : 0);

/** Reads what a server says of an error, whether or not it is a problem in JSON. */
export async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return new ApiError(response.status, body);
  } catch (error) {
    // Proxies answer with pages of their own: their status says enough.
    console.info("An answer without JSON", response.status, error);
  }
  return new ApiError(response.status, { title: response.statusText });
}
