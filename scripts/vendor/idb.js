// What the browser gets as /static/vendor/idb.js.
export * from 'idb';
