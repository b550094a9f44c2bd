import type { components } from "./schema";

/** The API's nouns, as generated from its own description. */
export type Schema = components["schemas"];

export type Brand = Schema["Brand"];
export type BrandState = Brand["state"];
export type SourceSpec = Schema["SourceSpec"];
/** The kinds that the interface has forms for; packages may bring others. */
export type SourceKind = "folder" | "upload" | "urls" | "brand_api" | "shopify" | "feed" | "web" | "bucket";
export type SourceTest = Schema["SourceTest"];
export type UploadResult = Schema["UploadResult"];
export type Job = Schema["Job"];
export type JobState = Job["state"];
export type StageProgress = Schema["StageProgress"];
export type Stage = StageProgress["stage"];
export type StepCost = Schema["StepCost"];
export type Session = Schema["Session"];
export type Health = Schema["Health"];
export type BackEnd = Schema["BackEnd"];
export type Setting = Schema["Setting"];
export type Model = Schema["Model"];
export type Token = Schema["Token"];
export type Role = Token["role"];
