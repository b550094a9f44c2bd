export { ariaKeys, keyCaps, keyName } from "./keys";
export { findAction, useShortcuts } from "./shortcuts";
export { type Action, currentActions, useActions, useCurrentActions } from "./table";
