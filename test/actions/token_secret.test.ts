import { expect } from "chai";
import { hashToken, makeToken } from "../../server/actions/token_secret.ts";

describe("token secrets", () => {
  it("are tm_ and 32 random bytes, and stored as their SHA-256", () => {
    const { token, token_hash } = makeToken();
    expect(token).to.match(/^tm_[A-Za-z0-9_-]{43}$/);
    expect(token_hash)
      .to.match(/^[0-9a-f]{64}$/)
      .and.to.equal(hashToken(token));
    expect(makeToken().token).to.not.equal(token);
  });

  it("hash to what any other SHA-256 says", () => {
    // Of printf 'tm_x' | sha256sum.
    expect(hashToken("tm_x")).to.equal(
      "342cc509ec55617126eb5d621799caf62bfa8bb4b726e1a534fe7524360355ef",
    );
  });
});
