import { sum, written } from "../numbers.ts";
import { positionsOfLargest, type Rational, rational } from "./rational.ts";

/**
 * A sealed-bid second price auction of one thing: the highest bid wins and pays the highest of the
 * other bids, which makes it best to bid what the thing is worth to one.
 *
 * Source: W. Vickrey, "Counterspeculation, auctions, and competitive sealed tenders", Journal of
 * Finance 16 (1961).
 * @param bids bidder → bid, at least one
 * @returns the highest bidders (the caller's tie rule picks one of them) and the price, which is 0
 *   when nobody else bid, and the bid itself when several are highest
 * @throws RangeError when there is no bid
 */
export function secondPrice(bids: Readonly<Record<string, Rational>>): {
  winners: string[];
  price: string;
} {
  const bidders = Object.keys(bids);
  if (bidders.length === 0) throw new RangeError("An auction needs a bid");
  const amounts = Object.values(bids).map(rational);
  const winners = positionsOfLargest(amounts);
  const others = amounts.filter((_, position) => position !== winners[0]);
  const price = others.length === 0 ? sum([]) : others[positionsOfLargest(others)[0]!]!;
  return { winners: winners.map((position) => bidders[position]!), price: written(price) };
}
