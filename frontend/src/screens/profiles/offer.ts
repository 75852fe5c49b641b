import { number } from '$lib/format';
import { t } from '$lib/i18n';
import type { Palette } from '$lib/state/palette.svelte';
import type { ProfileList } from '$lib/state/profiles.svelte';

/** What helps where a search finds nobody, by a button and by Enter; null: nothing does. */
export function offered(
  profiles: ProfileList,
  palette: Palette,
): { label: string; take: () => void } | null {
  const { search, suggestion, hitsElsewhere, elsewhere } = profiles;
  if (search.includes('/patients/')) {
    return {
      label: t('profiles.openPasted'),
      take: () => {
        palette.show();
        palette.type(search);
      },
    };
  }
  if (hitsElsewhere > 0) {
    return {
      label: t(elsewhere === 'archived' ? 'profiles.showArchived' : 'profiles.showOthers', {
        count: hitsElsewhere,
        shown: number(hitsElsewhere),
      }),
      take: () => {
        profiles.show(elsewhere);
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
