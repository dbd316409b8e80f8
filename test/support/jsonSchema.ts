/** The part of JSON Schema (draft 7) that the stack's schema uses. */
export type JsonSchema =
  | boolean
  | {
      type?: string;
      enum?: unknown[];
      const?: unknown;
      anyOf?: JsonSchema[];
      pattern?: string;
      minLength?: number;
      maxLength?: number;
      minimum?: number;
      maximum?: number;
      items?: JsonSchema;
      minItems?: number;
      maxItems?: number;
      required?: string[];
      properties?: Record<string, JsonSchema>;
      patternProperties?: Record<string, JsonSchema>;
      propertyNames?: JsonSchema;
      additionalProperties?: JsonSchema;
    };

const notes = ["$schema", "title", "description", "default", "examples"];

const typeOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** Does an editor accept the value? Throws for a keyword that isn't known here, so that nothing is passed over. */
export function accepts(schema: JsonSchema, value: unknown): boolean {
  if (typeof schema === "boolean") return schema;
  const { type, anyOf, ...rest } = schema;
  if (type && type !== typeOf(value) && !(type === "integer" && Number.isInteger(value))) return false;
  if (anyOf && !anyOf.some((one) => accepts(one, value))) return false;
  return Object.entries(rest).every(([keyword, limit]) => {
    const check = checks[keyword];
    if (!check && !notes.includes(keyword)) throw new Error(`the schema uses ${keyword}, which this test doesn't know`);
    return check?.(value, limit as never, schema) ?? true;
  });
}

type Check = (value: unknown, limit: never, schema: Exclude<JsonSchema, boolean>) => boolean;

const text =
  (test: (value: string, limit: never) => boolean): Check =>
  (value, limit) =>
    typeof value !== "string" || test(value, limit);
const number =
  (test: (value: number, limit: number) => boolean): Check =>
  (value, limit) =>
    typeof value !== "number" || test(value, limit);
const list =
  (test: (value: unknown[], limit: never) => boolean): Check =>
  (value, limit) =>
    !Array.isArray(value) || test(value, limit);
const mapping = (test: (value: Record<string, unknown>, limit: never, schema: Exclude<JsonSchema, boolean>) => boolean): Check => {
  return (value, limit, schema) => typeOf(value) !== "object" || test(value as Record<string, unknown>, limit, schema);
};

const checks: Record<string, Check> = {
  enum: (value, limit: unknown[]) => limit.includes(value),
  const: (value, limit: unknown) => value === limit,
  pattern: text((value, limit: string) => new RegExp(limit, "u").test(value)),
  minLength: text((value, limit: number) => value.length >= limit),
  maxLength: text((value, limit: number) => value.length <= limit),
  minimum: number((value, limit) => value >= limit),
  maximum: number((value, limit) => value <= limit),
  minItems: list((value, limit: number) => value.length >= limit),
  maxItems: list((value, limit: number) => value.length <= limit),
  items: list((value, limit: JsonSchema) => value.every((item) => accepts(limit, item))),
  required: mapping((value, limit: string[]) => limit.every((key) => Object.hasOwn(value, key))),
  properties: mapping((value, limit: Record<string, JsonSchema>) =>
    Object.entries(limit).every(([key, schema]) => !Object.hasOwn(value, key) || accepts(schema, value[key])),
  ),
  patternProperties: mapping((value, limit: Record<string, JsonSchema>) =>
    Object.entries(limit).every(([pattern, schema]) =>
      Object.keys(value).every((key) => !new RegExp(pattern, "u").test(key) || accepts(schema, value[key])),
    ),
  ),
  propertyNames: mapping((value, limit: JsonSchema) => Object.keys(value).every((key) => accepts(limit, key))),
  additionalProperties: mapping((value, limit: JsonSchema, schema) =>
    Object.keys(value).every((key) => Object.hasOwn(schema.properties ?? {}, key) || accepts(limit, value[key])),
  ),
};
