import { Center, Loader, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { lazy, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { Account } from "./account/account.tsx";
import { Boundary } from "./boundary.tsx";
import { Connected } from "./connection.tsx";
import { Nowhere } from "./nowhere.tsx";
import { SessionList } from "./sessions/session_list.tsx";
import { Shell } from "./shell.tsx";
import { cssVariables, theme } from "./theme.ts";

// What not everybody opens is loaded when it is opened.
const SessionPage = lazy(() => import("./session/session_page.tsx"));
const Agents = lazy(() => import("./builder/agents.tsx"));
const Teams = lazy(() => import("./builder/teams.tsx"));
const Team = lazy(() => import("./builder/team.tsx"));
const Tools = lazy(() => import("./builder/tools.tsx"));
const Insight = lazy(() => import("./insight/insight.tsx"));

/** The whole page: who is signed in, then what the address names. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="top-center" />
      <Connected>
        <Shell>
          <Parts />
        </Shell>
      </Connected>
    </MantineProvider>
  );
}

/** The part that the address names; each is tried anew when one comes to it. */
function Parts() {
  const [path] = useLocation();
  return (
    <Boundary key={path}>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/" component={SessionList} />
          <Route path="/sessions/:session_id">
            {({ session_id }) => <SessionPage key={session_id} {...sessionOf(session_id)} />}
          </Route>
          <Route path="/sessions/:session_id/insight">
            {({ session_id }) => <Insight key={session_id} {...sessionOf(session_id)} />}
          </Route>
          <Route path="/agents" component={Agents} />
          <Route path="/teams" component={Teams} />
          <Route path="/teams/:team_id">
            {({ team_id }) => <Team key={team_id} team_id={team_id} />}
          </Route>
          <Route path="/tools" component={Tools} />
          <Route path="/account" component={Account} />
          <Route component={Nowhere} />
        </Switch>
      </Suspense>
    </Boundary>
  );
}

/** The session that an address names; people may write ids in capitals, and the server does not. */
function sessionOf(name: string) {
  return { session_id: name.toLowerCase() };
}

function Waiting() {
  return (
    <Center h="60vh">
      <Loader aria-label="Loading" />
    </Center>
  );
}
