import { AddressError, Cidr } from "../../core/cidr";
import { UserError } from "../../core/finding";

/** Mistakes in words about addresses are the user's. */
export function orUserError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AddressError) throw new UserError(error.message);
    throw error;
  }
}

export const parseRange = (text: string): Cidr => orUserError(() => Cidr.parse(text));

/** @throws UserError unless the text is a whole number within the bounds. */
export function parseNumber(text: string, option: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UserError(`${option} ${text} is no number between ${least} and ${most}.`);
}
