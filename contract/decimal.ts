/**
 * Adds two amounts of money exactly. The library of fractions would not keep the digits: 0.10 and 0.20
 * are 0.30 on a bill.
 * @param a, b decimal strings such as `0.0042`, not negative
 * @returns their sum, with the digits after the point that the longer one has
 */
export function addDecimals(a: string, b: string): string {
  const digits = Math.max(fraction(a).length, fraction(b).length);
  const sum = (whole(a, digits) + whole(b, digits)).toString().padStart(digits + 1, "0");
  return digits === 0 ? sum : `${sum.slice(0, -digits)}.${sum.slice(-digits)}`;
}

const fraction = (amount: string) => amount.split(".")[1] ?? "";

const whole = (amount: string, digits: number) =>
  BigInt(amount.split(".")[0] + fraction(amount).padEnd(digits, "0"));
