import { type ReactNode, useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** When all who asked before have been drawn. */
let before = Promise.resolve();

/**
 * Draws its children, and each change of them, in a task of its own, after those that asked before: all
 * charts of a page at once would hold it up.
 */
export function InTurn({ children }: { children: ReactNode }) {
  const [drawn, setDrawn] = useState<ReactNode>(null);
  useEffect(() => {
    let isOver = false;
    before = before.then(nextTask).then(() => {
      // Else React would draw several in one task.
      if (!isOver) flushSync(() => setDrawn(children));
    });
    return () => {
      isOver = true;
    };
  }, [children]);
  return drawn;
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
