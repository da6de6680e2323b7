import { useEffect } from "react";

/** Names the page in the browser's tab and history, for as long as it is shown (WCAG 2.2, 2.4.2). */
export function usePageTitle(name: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = `${name} · Taskmaster`;
    return () => {
      document.title = before;
    };
  }, [name]);
}
