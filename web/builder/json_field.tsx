import { Textarea, type TextareaProps } from "@mantine/core";
import { useState } from "react";

interface JsonFieldProps extends Omit<TextareaProps, "value" | "onChange"> {
  /** JSON; undefined where there is none. */
  readonly value?: unknown;
  /** Gets what the text says, or the text itself where it is no JSON, which the contract refuses. */
  readonly onChange?: (value: unknown) => void;
  /** Whether a text may stand for itself; only what begins with a brace is JSON then. */
  readonly takesText?: boolean;
}

/** An input for JSON, which keeps what is being written as it is. */
export function JsonField({ value, onChange, error, takesText, ...input }: JsonFieldProps) {
  const [written, setWritten] = useState({ value, text: textOf(value) });
  if (JSON.stringify(written.value) !== JSON.stringify(value)) {
    setWritten({ value, text: textOf(value) });
  }
  const write = (text: string) => {
    const value = takesText && !/^\s*\{/.test(text) ? text || undefined : jsonOf(text);
    setWritten({ value, text });
    onChange?.(value);
  };
  const isText = typeof written.value === "string" && !takesText;
  return (
    <Textarea
      autosize
      minRows={3}
      maxRows={18}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      {...input}
      error={error && isText ? "This is no JSON yet: look for quotes, commas and brackets" : error}
      value={written.text}
      onChange={(event) => write(event.currentTarget.value)}
    />
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function jsonOf(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
