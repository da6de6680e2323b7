import { expect } from "chai";
import * as accessToken from "../../server/policies/access_token.ts";
import * as agent from "../../server/policies/agent.ts";
import { mayComment } from "../../server/policies/comment.ts";
import { mayChangeMechanism } from "../../server/policies/consensus_mechanism.ts";
import { mayChargeTo } from "../../server/policies/log_entry.ts";
import { maySpeakAs } from "../../server/policies/message.ts";
import { mayPrompt } from "../../server/policies/prompt.ts";
import * as session from "../../server/policies/session.ts";
import { mayAddMember, mayRemoveMember } from "../../server/policies/session_member.ts";
import * as team from "../../server/policies/team.ts";
import * as tool from "../../server/policies/tool.ts";
import { mayManageUsers, mayUpdateMe } from "../../server/policies/user.ts";

const ann = { user_id: "ann", agent_id: null, is_admin: false };
const annsBot = { ...ann, agent_id: "anns-agent" };
const bob = { ...ann, user_id: "bob" };
const admin = { ...ann, user_id: "admin", is_admin: true };
const adminsBot = { ...admin, agent_id: "admins-agent" };

type Actor = typeof ann | typeof annsBot;
const actors: Record<string, Actor> = { ann, annsBot, bob, admin, adminsBot };

/** Asks a rule about every actor. */
function allowed(rule: (actor: Actor) => boolean): string[] {
  return Object.keys(actors).filter((name) => rule(actors[name]!));
}

describe("policies", () => {
  it("let people, and no bot, make things, open sessions, prompt and comment", () => {
    const people = ["ann", "bob", "admin"];
    for (const rule of [
      agent.mayCreateAgent,
      team.mayCreateTeam,
      tool.mayCreateTool,
      session.mayCreateSession,
      mayUpdateMe,
      accessToken.mayListTokens,
      mayPrompt,
      mayComment,
    ]) {
      expect(allowed(rule)).to.deep.equal(people);
    }
  });

  it("let only the owner change what somebody owns, neither their bot nor an admin", () => {
    const owned = { owner_id: "ann", created_by: "ann" };
    for (const rule of [
      agent.mayChangeAgent,
      team.mayChangeTeam,
      tool.mayChangeTool,
      mayChangeMechanism,
    ]) {
      expect(allowed((actor) => rule(actor, owned))).to.deep.equal(["ann"]);
    }
  });

  it("let only an admin who is no bot manage people", () => {
    expect(allowed(mayManageUsers)).to.deep.equal(["admin"]);
  });

  it("let people make and revoke their own tokens, and admins anybody's", () => {
    expect(allowed((actor) => accessToken.mayCreateToken(actor, "ann"))).to.deep.equal([
      "ann",
      "admin",
    ]);
    const token = { user_id: "ann" };
    expect(allowed((actor) => accessToken.mayRevokeToken(actor, token))).to.deep.equal([
      "ann",
      "admin",
    ]);
  });

  it("bind a token to an agent of its own user only", () => {
    expect(accessToken.mayBindToken("ann", { owner_id: "ann" })).to.equal(true);
    expect(accessToken.mayBindToken("admin", { owner_id: "ann" })).to.equal(false);
  });

  describe("in a session", () => {
    const roles = ["owner", "participant", "observer"] as const;
    type Asker = Pick<session.Standing, "identity" | "role">;
    const rolesOf = (rule: (access: Asker) => boolean, identity: Actor) =>
      roles.filter((role) => rule({ identity, role }));

    it("let the owner alone change it and let people in", () => {
      for (const rule of [session.mayChangeSession, mayAddMember]) {
        expect(rolesOf(rule, ann)).to.deep.equal(["owner"]);
        expect(rolesOf(rule, annsBot)).to.deep.equal([]);
      }
    });

    it("let the owner take anybody out, and everybody themselves, but no bot its owner", () => {
      expect(rolesOf((access) => mayRemoveMember(access, "bob"), ann)).to.deep.equal(["owner"]);
      expect(rolesOf((access) => mayRemoveMember(access, "ann"), ann)).to.deep.equal([...roles]);
      expect(rolesOf((access) => mayRemoveMember(access, "ann"), annsBot)).to.deep.equal([]);
    });

    it("let everybody but observers post", () => {
      expect(rolesOf(session.mayPost, ann)).to.deep.equal(["owner", "participant"]);
      expect(rolesOf(session.mayPost, annsBot)).to.deep.equal(["owner", "participant"]);
    });

    it("take posts until the session is archived", () => {
      const open = (["active", "completed", "archived"] as const).filter((status) =>
        session.isOpen({ status }),
      );
      expect(open).to.deep.equal(["active", "completed"]);
    });

    it("let an actor speak as, and charge, its own agents of the session and its proxy only", () => {
      const access = { agent_ids: ["a", "b"], proxy_agent_id: "proxy" };
      for (const rule of [maySpeakAs, mayChargeTo]) {
        const ids = ["a", "b", "proxy", "c"].filter((id) => rule(access, id));
        expect(ids).to.deep.equal(["a", "b", "proxy"]);
      }
    });
  });
});
