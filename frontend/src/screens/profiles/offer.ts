import { number } from '$lib/format';
import { t } from '$lib/i18n';
import type { Palette } from '$lib/state/palette.svelte';
import type { ProfileList } from '$lib/state/profiles.svelte';

/** What helps where a search finds nobody, by a button and by Enter; null: nothing does. */
export function offered(
  profiles: ProfileList,
  palette: Palette,
): { label: string; take: () => void } | null {
  const { search, suggestion, archivedHits } = profiles;
  if (search.includes('/patients/')) {
    return {
      label: t('profiles.openPasted'),
      take: () => {
        palette.show();
        palette.type(search);
      },
    };
  }
  if (archivedHits > 0) {
    return {
      label: t('palette.showArchived', { shown: number(archivedHits) }),
      take: () => {
        profiles.show('archived');
      },
    };
  }
  if (!suggestion) return null;
  return {
    label: t('profiles.meant', { search: suggestion }),
    take: () => {
      profiles.find(suggestion);
    },
  };
}
