import type { ClinicPlace, ClinicView, ConnectionView } from '../lib/api/types';

export const CLINIC: ClinicView = {
  name: 'Harbour Physio',
  color: 'teal',
  shard: 'au2',
  ownerName: 'Dana Smith',
  ownerRole: 'administrator',
  keyEnds: 'W0pd',
  connectedAt: '2026-11-02T22:10:00Z',
};
export const CONNECTION: ConnectionView = { clinic: CLINIC, patients: 7 };
/** The first is shown. */
export const HARBOUR: ClinicPlace = {
  account: '',
  name: 'Harbour Physio',
  color: 'teal',
  current: true,
};
export const RIVERSIDE: ClinicPlace = {
  account: '7',
  name: 'Riverside Physio',
  color: 'blue',
  current: false,
};
