import type { ComputerView } from '../lib/api/types';

/** The computers that share the clinic, and how another one joins. */
export const COMPUTERS: ComputerView[] = [
  {
    id: 'c1',
    name: 'FRONT-DESK-1',
    version: '1.4.0',
    joined: '2026-01-05T09:00:00Z',
    seen: '2026-01-12T09:00:00Z',
    syncs: true,
    here: true,
  },
  {
    id: 'c2',
    name: 'ROOM-3',
    version: '1.3.2',
    joined: '2026-01-06T09:00:00Z',
    seen: '2026-01-12T08:56:00Z',
    syncs: false,
    here: false,
  },
];
export const JOIN_CODE = 'telehab-join-1.eyJhIjoicG9zdGdyZXMifQ';
