import { Alert, Center, Loader, Stack, Text } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { Client } from "../client/index.ts";
import type { Output } from "../contract/commands.ts";
import { SignIn } from "./account/sign_in.tsx";
import { forgetToken, keepToken, storedToken, tokenOfLink } from "./account/token.ts";
import { Kept } from "./kept.ts";
import { messageOf } from "./message_of.ts";

/** Whom the page speaks for, and how. */
export interface Connection {
  readonly client: Client;
  readonly me: Output<"me.get">;
  /** Whether the server is reached at the moment. */
  readonly online: boolean;
  /** What must not be lost by going from page to page. */
  readonly kept: Kept;
  readonly signOut: () => void;
}

const ConnectionContext = createContext<Connection | null>(null);

/** The connection of the page; only within Connected. */
export function useConnection(): Connection {
  return useContext(ConnectionContext)!;
}

/** Shows its children once somebody is signed in, and asks for a token until then. */
export function Connected({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(storedToken);
  const [refusal, setRefusal] = useState<string | null>(null);
  const end = (why: string | null) => {
    if (token !== null) forgetToken(token);
    setToken(null);
    setRefusal(why);
  };
  // A sign-in link may be opened where the page is open already, which loads nothing anew. Nothing else
  // changes for whom a page speaks: another one may have signed somebody else in.
  useEffect(() => {
    const look = () => {
      const given = tokenOfLink();
      if (given !== null) setToken(given);
    };
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  if (token === null) {
    const enter = (given: string) => {
      keepToken(given);
      setRefusal(null);
      setToken(given);
    };
    return <SignIn refusal={refusal} onToken={enter} />;
  }
  return (
    <WithClient key={token} token={token} onEnd={end}>
      {children}
    </WithClient>
  );
}

interface WithClientProps {
  readonly token: string;
  readonly onEnd: (why: string | null) => void;
  readonly children: ReactNode;
}

function WithClient({ token, onEnd, children }: WithClientProps) {
  const [client, setClient] = useState<Client | null>(null);
  const [me, setMe] = useState<Connection["me"] | null>(null);
  const [online, setOnline] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: one client a token; what ends it is told to whoever asks last
  useEffect(() => {
    const made = new Client({ url: location.origin, token });
    made.on("online", () => {
      setOnline(true);
      made.command("me.get", {}).then(
        (answer) => {
          setMe(answer);
          setClient(made);
        },
        (error) => setTrouble(messageOf(error)),
      );
    });
    made.on("offline", (why) => {
      setOnline(false);
      setTrouble(why);
    });
    made.on("ended", ({ code, message }) => {
      // Closed by ourselves: another one may have taken its place, and must not be signed out.
      if (code !== "unavailable") onEnd(message);
    });
    return () => made.close();
  }, [token]);

  const queries = useMemo(newQueries, []);
  const kept = useMemo(() => new Kept(), []);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (kept.unsent.size > 0) event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [kept]);
  const connection = useMemo(
    () => client && me && { client, me, online, kept, signOut: () => onEnd(null) },
    [client, me, online, kept, onEnd],
  );
  if (!connection) return <Reaching trouble={trouble} />;
  return (
    <QueryClientProvider client={queries}>
      <ConnectionContext value={connection}>{children}</ConnectionContext>
    </QueryClientProvider>
  );
}

function newQueries(): QueryClient {
  return new QueryClient({
    // The client itself tries again what may be tried again.
    defaultOptions: {
      queries: { retry: false, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
}

function Reaching({ trouble }: { trouble: string | null }) {
  return (
    <Center component="main" h="100vh" p="md">
      <Stack align="center">
        <Loader aria-label="Connecting" />
        {trouble ? (
          <Alert color="yellow" title="The server does not answer yet">
            Trying again by itself ({trouble}).
          </Alert>
        ) : (
          <Text>Connecting…</Text>
        )}
      </Stack>
    </Center>
  );
}
