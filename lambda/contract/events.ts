/** What rules on the bus choose this product's events by (`source`), beside the detail type, which is the event's. */
export const EVENT_SOURCE = 'scim-stack';
