import type { HTMLButtonAttributes } from 'svelte/elements';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'link';
export type ButtonSize = 'normal' | 'small' | 'large' | 'icon';

export const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'border border-transparent bg-accent text-on-accent hover:bg-accent-hover shadow-low',
  secondary:
    'bg-surface text-ink border border-line-strong hover:bg-hover active:bg-pressed shadow-low',
  ghost: 'text-soft hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'border border-transparent bg-bad text-on-bad hover:bg-bad-hover shadow-low',
  link: 'text-accent-ink underline-offset-3 hover:underline',
};
export const SIZES: Record<ButtonSize, string> = {
  small: 'h-7 px-2 gap-1.5',
  normal: 'h-8 px-3 gap-2',
  large: 'h-10 px-4 gap-2 text-lead',
  icon: 'size-8 justify-center',
};

export interface ButtonProps extends HTMLButtonAttributes {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Works on it: spins, and cannot be pressed again. */
  busy?: boolean;
  ref?: HTMLButtonElement | null;
}
