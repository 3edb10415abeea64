import { integer, object, text } from '../checks.js';
import { badRequest } from '../refusal.js';

/** An order as a body asks for it. */
export function orderRequest(body) {
  const { customerId, lines, requestId, deliveryAddress } = object(body);
  return {
    requestId: text(requestId, 'requestId', 100),
    customerId: integer(customerId, 'customerId'),
    lines: orderLines(lines),
    deliveryAddress:
      deliveryAddress === undefined ? undefined : text(deliveryAddress, 'deliveryAddress', 300),
  };
}

function orderLines(lines) {
  if (!Array.isArray(lines) || lines.length < 1 || lines.length > 50)
    throw badRequest('lines must be a list of 1 to 50 lines');
  const checked = lines.map((line) => ({
    itemId: integer(line?.itemId, 'itemId'),
    quantity: integer(line?.quantity, 'quantity', 1, 99),
  }));
  if (new Set(checked.map((line) => line.itemId)).size < checked.length)
    throw badRequest('lines must name each item once');
  return checked;
}
