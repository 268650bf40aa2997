module.exports = () => require('./real-components.cjs').close();
