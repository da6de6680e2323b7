/** What dialogs are given: a name for the button that closes them, and a header that is not the page's. */
export const dialog = {
  closeButtonProps: { "aria-label": "Close" },
  attributes: { header: { role: "presentation" } },
};
