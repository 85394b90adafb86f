// Run by the mongo image on an empty data folder: the engine's own user, who reaches the engine's database and no other.
const { readFileSync } = require('node:fs');

db.getSiblingDB('backorder').createUser({
  user: 'backorder',
  pwd: readFileSync('/run/secrets/mongo_password', 'utf8').trim(),
  roles: [{ role: 'readWrite', db: 'backorder' }],
});
