/** Where public Things are that say so, for searches of an area. */
export const places = `
-- Those with numeric LAT and LON. An R-tree keeps less than a double has, rounded outwards: it narrows, the tags decide.
-- What lies beyond the earth is kept at its edge: see search/area.ts.
CREATE VIRTUAL TABLE place USING rtree (thing, lat_min, lat_max, lon_min, lon_max);
INSERT INTO place (thing, lat_min, lat_max, lon_min, lon_max)
  SELECT lat.thing, max(-1000, min(1000, lat.value)), max(-1000, min(1000, lat.value)),
         max(-1000, min(1000, lon.value)), max(-1000, min(1000, lon.value))
    FROM tag_num lat JOIN tag_num lon ON lon.thing = lat.thing AND lon.name = 'LON' WHERE lat.name = 'LAT';
`;
