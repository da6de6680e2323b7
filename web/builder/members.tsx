import { DragDropContext, Draggable, Droppable, type DropResult } from "@hello-pangea/dnd";
import {
  ActionIcon,
  Alert,
  Anchor,
  Autocomplete,
  Card,
  Group,
  Select,
  Skeleton,
  Stack,
  Text,
  Title,
  VisuallyHidden,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Team } from "../../contract/team.ts";
import { messageOf } from "../message_of.ts";
import { useChange } from "../queries.ts";
import { tell } from "../tell.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import type { Member, TeamMembers } from "./use_members.ts";
import { useOrder } from "./use_order.ts";

interface MembersProps {
  readonly team: Team;
  readonly members: TeamMembers;
  readonly mayChange: boolean;
}

/** Who is in a team, in the order of their turns, which one drags or moves by keys. */
export function Members({ team, members: { members, agents }, mayChange }: MembersProps) {
  const add = useChange("team.add_agent", { showsError: true });
  const { shown, arrange, error } = useOrder(team.id, members ?? []);
  const [said, setSaid] = useState("");
  if (!members) return <Skeleton height={120} aria-label="Loading" />;
  const move = (from: number, to: number) => {
    if (from === to || to < 0 || to >= shown.length) return;
    const order = shown.map(({ agent_id }) => agent_id);
    arrange(order.toSpliced(from, 1).toSpliced(to, 0, order[from]!));
    setSaid(`${shown[from]!.name} is now number ${to + 1} of ${shown.length}`);
  };
  const drop = ({ source, destination }: DropResult) => {
    if (destination) move(source.index, destination.index);
  };
  return (
    <Stack>
      <Title order={2} size="h3">
        Members
      </Title>
      <Text size="sm" c="dimmed">
        Turns are taken in this order. Members whose role is observer never have the turn.
        {mayChange && " Drag a member by its handle, or use the arrows."}
      </Text>
      {shown.length === 0 && (
        <Text>Nobody is in this team yet{mayChange ? ": add its first member below." : "."}</Text>
      )}
      <DragDropContext onDragEnd={drop}>
        <Droppable droppableId="members">
          {({ innerRef, droppableProps, placeholder }) => (
            <ol className="plain-list" ref={innerRef} {...droppableProps}>
              {shown.map((member, index) => (
                <Place
                  key={member.agent_id}
                  member={member}
                  index={index}
                  last={shown.length - 1}
                  mayChange={mayChange}
                  onMove={(to) => move(index, to)}
                />
              ))}
              {placeholder}
            </ol>
          )}
        </Droppable>
      </DragDropContext>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {(add.error ?? error) && (
        <Alert color="red" role="alert">
          {messageOf(add.error ?? error)}
        </Alert>
      )}
      {mayChange && (
        <AddMember
          free={agents.filter(({ id }) => !members.some(({ agent_id }) => agent_id === id))}
          onAdd={(agent_id) => add.mutate({ team_id: team.id, agent_id })}
        />
      )}
    </Stack>
  );
}

interface PlaceProps {
  readonly member: Member;
  readonly index: number;
  readonly last: number;
  readonly mayChange: boolean;
  readonly onMove: (to: number) => void;
}

function Place({ member, index, last, mayChange, onMove }: PlaceProps) {
  const { team_id, agent_id, name } = member;
  const remove = useChange("team.remove_agent", { showsError: true });
  return (
    <Draggable draggableId={agent_id} index={index} isDragDisabled={!mayChange}>
      {({ innerRef, draggableProps, dragHandleProps }) => (
        <li ref={innerRef} {...draggableProps}>
          <Card withBorder padding="xs" mb="xs">
            <Group gap="sm">
              {mayChange && (
                <ActionIcon
                  component="span"
                  variant="subtle"
                  color="gray"
                  {...dragHandleProps}
                  aria-label={`Drag ${name}`}
                >
                  <IconGripVertical size={18} />
                </ActionIcon>
              )}
              <Text fw={600} style={{ flex: "1 1 120px" }} className="written">
                {index + 1}. {name}
              </Text>
              <RoleInTeam key={member.role_in_team} member={member} mayChange={mayChange} />
              {mayChange && (
                <Group gap={4}>
                  <ActionIcon
                    variant="default"
                    size="lg"
                    aria-label={`Move ${name} up`}
                    aria-disabled={index === 0}
                    data-disabled={index === 0 || undefined}
                    onClick={() => onMove(index - 1)}
                  >
                    <IconArrowUp size={18} />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    size="lg"
                    aria-label={`Move ${name} down`}
                    aria-disabled={index === last}
                    data-disabled={index === last || undefined}
                    onClick={() => onMove(index + 1)}
                  >
                    <IconArrowDown size={18} />
                  </ActionIcon>
                  <ConfirmButton
                    label="Remove"
                    about={name}
                    question={`Remove ${name} from the team?`}
                    consequence="The agent itself stays. Rules that name it have to be changed too."
                    pending={remove.isPending}
                    error={remove.error}
                    onConfirm={(close) =>
                      remove.mutate(
                        { team_id, agent_id },
                        {
                          onSuccess: () => {
                            close();
                            tell(`${name} is removed`);
                          },
                        },
                      )
                    }
                  />
                </Group>
              )}
            </Group>
          </Card>
        </li>
      )}
    </Draggable>
  );
}

function RoleInTeam({ member, mayChange }: { member: Member; mayChange: boolean }) {
  const { team_id, agent_id, name, role_in_team } = member;
  const [text, setText] = useState(role_in_team);
  const change = useChange("team.add_agent", { showsError: true });
  if (!mayChange) return <Text size="sm">{role_in_team}</Text>;
  const save = () => {
    if (text.trim() === role_in_team) return;
    change.mutate(
      { team_id, agent_id, role_in_team: text },
      { onError: () => setText(role_in_team) },
    );
  };
  return (
    <Autocomplete
      aria-label={`Role of ${name} in the team`}
      data={["leader", "member", "observer"]}
      value={text}
      onChange={setText}
      onBlur={save}
      error={change.error && messageOf(change.error)}
      w={140}
    />
  );
}

interface AddMemberProps {
  readonly free: readonly { readonly id: string; readonly name: string }[];
  readonly onAdd: (agent_id: string) => void;
}

function AddMember({ free, onAdd }: AddMemberProps) {
  if (free.length === 0) {
    return (
      <Text size="sm">
        There is no other agent to add.{" "}
        <Anchor component={Link} href="/agents?agent=new" underline="always" inherit>
          Make one
        </Anchor>
      </Text>
    );
  }
  return (
    <Select
      label="Add a member"
      placeholder="Choose an agent"
      searchable
      value={null}
      onChange={(agent_id) => agent_id && onAdd(agent_id)}
      data={free.map(({ id, name }) => ({ value: id, label: name }))}
      nothingFoundMessage="No agent fits"
      maw={360}
    />
  );
}
