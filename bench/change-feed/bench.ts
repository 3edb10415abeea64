export default async function* changeFeed() {}
