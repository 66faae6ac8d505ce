import type { Route } from "./model";
import { block, type Lines, quoted, variableOf } from "./text";

/** Where a route's requests go: its pool, or the variable that says which. */
export const poolOf = (route: Route): string =>
  route.alternatives.length === 0 ? (route.pool ?? "") : choice(route, 0);

const choice = ({ site, index }: Route, position: number): string =>
  `$nginx_ha_pool_${site.index}_${index}_${position}`;

/**
 * One map for each alternative, and each leads to the next one. A key is compared without regard to case; the backslash
 * before it keeps nginx from taking it for a word of its own (ngx_http_map_module, "special parameters").
 */
export function alternativeMaps(route: Route): Lines {
  return route.alternatives
    .flatMap(({ on, value, pool }, position) => {
      const last = position === route.alternatives.length - 1;
      const otherwise = last ? route.pool : choice(route, position + 1);
      return [
        block(`map ${variableOf(on)} ${choice(route, position)}`, [
          `default ${otherwise};`,
          `${quoted(`\\${value}`)} ${pool};`,
        ]),
      ];
    })
    .reverse()
    .flat();
}
