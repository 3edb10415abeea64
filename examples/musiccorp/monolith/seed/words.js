const list = (text) => text.trim().split(/\s+/);

export const ADJECTIVES = list(`
  Silver Hollow Electric Midnight Paper Golden Quiet Broken Velvet Distant Crimson Wild Pale Northern Burning Frozen Little Last
  Lost Neon Secret Slow Sunken Tender Wooden Blue Restless Hungry Gentle Iron Plastic Lonely Second Holy Summer Winter Marble
  Invisible Bitter Bright Drunken Endless Faded Glass Modern Moonlit Rusty Sleepless Static Tall Violet Wandering Young`);

export const NOUNS = list(`
  Harbour Fox River Ghost Engine Orchard Signal Mirror Garden Wolf Lantern Ocean Letter Station Parade Ember Crow Museum Satellite
  Tiger Meadow Machine Carousel Shadow Kingdom Swan Compass Avenue Thunder Daughter Sparrow Cathedral Motel Horizon Tower Window
  Island Stranger Radio Blossom Skyline Anchor Diary Mountain Pilot Whale Saint Feather Telephone Circus Bridge Atlas Canyon`);

export const VERBS = list(`
  Chasing Leaving Counting Burning Dreaming Learning Losing Watching Waking Drowning Forgetting Building Crossing Saving
  Stealing Calling Painting Following Holding Missing`);

export const FIRST_NAMES = list(`
  Anna Björn Clara Diego Elif Fiona Grace Hugo Ines Jonas Kaito Lena Marta Nils Olga Pablo Quinn Rosa Samir Tove Uwe Vera Wanda
  Xavier Yuki Zoë Amélie Bruno Carmen Dmitri Esther Farah Günther Hana Ivan Julia Karim Louise Mateo Noor`);

export const LAST_NAMES = list(`
  Ashdown Berger Castellano Dvořák Ekström Fournier Greene Hartmann Ito Jansen Kowalska Lindqvist Moreau Novak O'Connor Petersen
  Quist Rossi Sørensen Tanaka Ueda Varga Whitfield Xu Yılmaz Zimmer Abbott Bakker Coleman Duarte Eriksen Ferrari Gallagher
  Hoffmann Iversen Kaplan Larsen Müller Nakamura Oliveira`);

export const CITIES = list(`
  Lisbon Osaka Bristol Hamburg Chicago Gdansk Bergen Lyon Austin Montréal Antwerp Dublin Kyoto Leipzig Porto Memphis Glasgow Turin`);

export const STREETS = list(`
  Mill Station Church Orchard Harbour Castle Bridge Linden Market Garden School River Park Chapel Meadow`);

export const GENRES = [
  'Indie Rock',
  'Electronic',
  'Jazz',
  'Dream Pop',
  'Hip-Hop',
  'Classical',
  'Folk',
  'Soul & Funk',
  'Heavy Metal',
  'Ambient',
  'Punk',
  'Synthpop',
  'Country',
  'Reggae & Dub',
  'Blues',
  'Techno',
  'House',
  'Post-Rock',
  'Shoegaze',
  'Afrobeat',
  'Chanson',
  'Drum & Bass',
  'Film Scores',
  'Bossa Nova',
];

// code, name, value added tax in per cent, share of the customers
export const COUNTRIES = [
  ['GB', 'United Kingdom', 20, 24],
  ['DE', 'Germany', 19, 20],
  ['US', 'United States', 0, 14],
  ['FR', 'France', 20, 10],
  ['NL', 'Netherlands', 21, 7],
  ['SE', 'Sweden', 25, 5],
  ['IT', 'Italy', 22, 4],
  ['ES', 'Spain', 21, 4],
  ['PL', 'Poland', 23, 3],
  ['AT', 'Austria', 20, 2],
  ['DK', 'Denmark', 25, 2],
  ['IE', 'Ireland', 23, 2],
  ['JP', 'Japan', 10, 2],
  ['NO', 'Norway', 25, 1],
];
