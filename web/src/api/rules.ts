import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { Schema } from "./types";

export type RulesView = Schema["RulesView"];
export type RulesForm = Schema["RulesForm"];
export type RuleForm = Schema["RuleForm"];
export type OnlyWhenForm = Schema["OnlyWhenForm"];
export type ConditionForm = Schema["ConditionForm"];

export const rulesQuery = queryOptions({
  queryKey: ["rules"],
  queryFn: ({ signal }) => answer(api.GET("/api/rules", { signal })),
});

/** The same rules as a file and as a form; nothing is put in force. */
export const draftRules = (body: { rules: RulesForm } | { text: string }): Promise<RulesView> =>
  answer(api.POST("/api/rules/draft", { body }));

/** What the plan of a result would be under these rules, against those in force. */
export const testRules = (result: string, text: string): Promise<Schema["RulesEffect"]> =>
  answer(api.POST("/api/results/{result}/rules/test", { params: { path: { result } }, body: { text } }));

export const putRules = (text: string): Promise<RulesView> => answer(api.PUT("/api/rules", { body: { text } }));
