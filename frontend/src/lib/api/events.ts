import './bridge';
import type { AppState, HubProgress, SyncStatus } from './types';

/** What Go tells the window, each name with what comes along. */
export interface EventMap {
  /** The engine's status, whole, at most ten times a second. */
  sync: SyncStatus;
  /** Something in the profile list changed: reload what is shown. */
  profiles: Record<string, never>;
  state: AppState;
  /** The number of a session that ends now: nothing else is waited for. */
  lock: number;
  /** A link came in: see takeLink. */
  link: undefined;
  /** How much of the demo is made, from 0 to 1: it is shown once it is made. */
  demo: number;
  /** How much of the clinic is in the database through which it will be shared, from 0 to 1. */
  sharing: number;
  /** How far sending to VALD Hub is; its end is one more. */
  hub: HubProgress;
  /** How much of VALD Hub a comparison has read, from 0 to 1. */
  compare: number;
  /** Somebody chose this in the menu bar of macOS. */
  command: 'find' | 'today' | 'profiles' | 'settings' | 'lock';
}

/** Listens to an event; the answer stops it. Nothing else calls EventsOn. */
export function on<Name extends keyof EventMap>(
  name: Name,
  listener: (data: EventMap[Name]) => void,
): () => void {
  const runtime = window.runtime;
  if (!runtime) return () => undefined;
  return runtime.EventsOn(name, (data) => {
    listener(data as EventMap[Name]);
  });
}
