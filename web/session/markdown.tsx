import { Anchor, Code, Table, Typography } from "@mantine/core";
import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkBreaks from "remark-breaks";
import remarkGfm from "remark-gfm";

const components: Components = {
  a: ({ href, children }) => (
    <Anchor
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      underline="always"
      inherit
    >
      {children}
    </Anchor>
  ),
  // No request leaves for a host that somebody else chose: a picture is shown as a link to it.
  img: ({ src, alt }) => (
    <Anchor
      href={src}
      target="_blank"
      rel="noopener noreferrer nofollow"
      underline="always"
      inherit
    >
      {alt || "picture"}
    </Anchor>
  ),
  table: ({ children }) => (
    <Table.ScrollContainer minWidth={0}>
      <Table withTableBorder>{children}</Table>
    </Table.ScrollContainer>
  ),
  // Headings inside a message would stand in the page's own outline.
  h1: ({ children }) => <p className="written-heading">{children}</p>,
  h2: ({ children }) => <p className="written-heading">{children}</p>,
  h3: ({ children }) => <p className="written-heading">{children}</p>,
  h4: ({ children }) => <p className="written-heading">{children}</p>,
  h5: ({ children }) => <p className="written-heading">{children}</p>,
  h6: ({ children }) => <p className="written-heading">{children}</p>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0}>{children}</pre>
  ),
};

/** Longer texts are shown as they are: making Markdown of them would hold up the page. */
const LONGEST = 20_000;

/** What only means something to Markdown: text without it is shown as the paragraph that it is. */
const marks = /[*_`[\]<>#|~&\\\n]|^\s*([-+]|\d+[.)])\s|https?:|www\./;
/** What only GitHub's flavour knows: tables, strikethrough, lists of tasks, bare links, footnotes. */
const flavour = /[|~^]|\[[ xX]\]|https?:|www\.|@/;

/** Text that an agent or a person wrote, as Markdown; HTML in it is shown, not executed. */
export const Written = memo(function Written({ text }: { text: string }) {
  if (text.length > LONGEST) return <Code block>{text}</Code>;
  return (
    <Typography className="written">
      {marks.test(text) ? (
        <Markdown
          // A line that somebody breaks stays broken, as in the field where they wrote it.
          remarkPlugins={flavour.test(text) ? [remarkGfm, remarkBreaks] : [remarkBreaks]}
          rehypePlugins={text.includes("```") ? [[rehypeHighlight, { detect: false }]] : []}
          components={components}
        >
          {text}
        </Markdown>
      ) : (
        <p>{text}</p>
      )}
    </Typography>
  );
});
