// A walk over the map, run inside a page: pans and zooms as a hand would, rests at each stop, and notes when frames came.
// async (map, stops, pans) -> { intervals_ms, long_ms }: time between frames while the map moved, and tasks of 50 ms and
// more, those of the rests too, when names are placed anew.
async (map, stops, pans) => {
  const REST_MS = 500;
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
  const intervals = [];
  const long = [];
  const watch = new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) long.push(duration); });
  watch.observe({ entryTypes: ["longtask"] });
  let [walking, moving] = [true, true];
  const clock = (async () => {
    let last = await frame();
    while (walking) {
      const now = await frame();
      if (moving) intervals.push(now - last);
      last = now;
    }
  })();
  for (const [lat, lon, zoom] of stops) {
    const moved = new Promise((resolve) => { map.once("moveend", resolve); });
    map.setView([lat, lon], zoom, { animate: true, duration: 0.25 });
    await Promise.race([moved, new Promise((resolve) => { setTimeout(resolve, 1500); })]);
    for (let step = 0; step < pans; step += 1) {
      map.panBy([step < pans / 2 ? 14 : -14, 6], { animate: false });
      await frame();
    }
    moving = false;
    await new Promise((resolve) => { setTimeout(resolve, REST_MS); });
    await frame();
    moving = true;
  }
  walking = false;
  await clock;
  watch.disconnect();
  return { intervals_ms: intervals, long_ms: long };
}
