export { EvidenceLine } from "./EvidenceLine";
export { edgeWords, editWords, measuredWords } from "./words";
