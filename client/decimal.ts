/**
 * Adds two amounts exactly, as no floating-point number can.
 * @param one a decimal string from 0, such as `0.0042`
 * @returns a decimal string without needless zeros
 */
export function add(one: string, other: string): string {
  const places = Math.max(fraction(one).length, fraction(other).length);
  const sum = (scaled(one, places) + scaled(other, places)).toString().padStart(places + 1, "0");
  if (places === 0) return sum;
  return `${sum.slice(0, -places)}.${sum.slice(-places)}`.replace(/\.?0+$/, "");
}

function fraction(amount: string): string {
  return amount.split(".")[1] ?? "";
}

function scaled(amount: string, places: number): bigint {
  const [whole] = amount.split(".");
  return BigInt(`${whole}${fraction(amount).padEnd(places, "0")}`);
}
