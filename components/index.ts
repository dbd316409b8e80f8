/** What programs import from "plumbline". */
export { StackError, UserError } from "../core/finding";
export type { Plan } from "../core/plan";
export { parseStack } from "../core/stack/parse";
export { ClusterNetwork } from "./ClusterNetwork";
export type { ClusterNetworkArgs, NodeArgs } from "./networkArgs";
export { planNetwork } from "./plan";
