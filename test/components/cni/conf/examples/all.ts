import * as chain from "./chain";
import * as file from "./file";
import * as interfaces from "./interfaces";
import * as ipam from "./ipam";
import * as meta from "./meta";

/** Every rule with an example, by subject. */
export const examples = { ...file, ...interfaces, ...ipam, ...meta, ...chain };
