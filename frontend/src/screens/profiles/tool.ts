/** A button of the row above the list. */
export const TOOL =
  'flex h-7 items-center gap-1.5 rounded-control px-2 font-medium text-soft transition-colors duration-(--quick) hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink';
