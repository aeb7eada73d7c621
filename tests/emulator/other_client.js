// Drives each::labs' own package: arguments are its folder, the API's base, a key and a model.
const [folder, base, key, model] = process.argv.slice(2);
const Each = require(folder);

async function main() {
  const each = new Each({ auth: key, apiBaseUrl: `${base}/v1` });
  const ask = (prompt, duration) =>
    each.prediction.create({ model, version: "0.0.1", input: { prompt, duration }, webhook_url: "" });

  const seen = { statuses: [] };
  seen.created = await ask("A door opens.", "6");
  do {
    seen.last = await each.prediction.get(seen.created.predictionID);
    if (seen.statuses.at(-1) !== seen.last.status) seen.statuses.push(seen.last.status);
    await new Promise((resolve) => setTimeout(resolve, 5));
  } while (!["success", "error", "cancelled"].includes(seen.last.status));

  const held = await ask("A door is held.", "6");
  seen.cancelled = await each.prediction.cancel(held.predictionID);
  seen.after = await each.prediction.get(held.predictionID);
  seen.refused = await ask("A door opens.", 6).catch((error) => error.message);
  console.log(JSON.stringify(seen));
}

main();
