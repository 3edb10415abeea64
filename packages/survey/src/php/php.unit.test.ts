import { expect, test } from 'vitest';
import { graphOf, inOrder, said, tied } from '../testing/graph-of.ts';
import { php } from './php.ts';

const language = await php();

test('Laravel: models, relations, routes, jobs, the query builder and transactions', async () => {
  const graph = await graphOf(language, {
    'app/Models/Customer.php': `<?php
namespace App\\Models;
use Illuminate\\Database\\Eloquent\\Model;
class Customer extends Model {
  protected $table = 'people';
  public function orders() { return $this->hasMany(Order::class); }
}`,
    'app/Models/Order.php': `<?php
namespace App\\Models;
class Order extends Model {
  public function customer() { return $this->belongsTo(Customer::class); }
}`,
    'app/Http/OrderController.php': `<?php
namespace App\\Http;
use App\\Models\\{Customer, Order as Placed};
use App\\Jobs\\Remind;
class OrderController {
  public function index() { return Placed::where('open', true)->get(); }
  public function store(Request $request) {
    DB::transaction(function () use ($request) {
      Placed::create($request->all());
      DB::table('audit')->insert(['a' => 1]);
      DB::update("update stock set count = count - 1 " . 'where item = ?', [1]);
      dispatch(new Remind(1));
    });
  }
}`,
    'app/Jobs/Remind.php':
      '<?php\nnamespace App\\Jobs;\nclass Remind implements ShouldQueue { public function handle() {} }',
    'routes/web.php': `<?php
use App\\Http\\OrderController;
Route::get('/orders', [OrderController::class, 'index']);
Route::post('orders', [OrderController::class, 'store']);`,
  });
  expect(said(graph)).toEqual(
    inOrder([
      'App.Http.OrderController reads and writes orders',
      'App.Http.OrderController writes stock',
      'App.Http.OrderController writes audit',
      'App.Models.Customer is people',
      'App.Models.Order is orders',
      'orders -> people',
      'job Remind by App.Jobs.Remind handle',
      'http GET /orders by routes/web.php <top>',
      'http POST /orders by routes/web.php <top>',
      'transaction in App.Http.OrderController store',
    ]),
  );
  expect(tied(graph)).toEqual(
    expect.arrayContaining([
      'App.Http.OrderController -> App.Jobs.Remind',
      'routes/web.php -> App.Http.OrderController',
    ]),
  );
});

test('Symfony and Doctrine: attributes for entities, relations and routes', async () => {
  const graph = await graphOf(language, {
    'src/Entity/Order.php': `<?php
namespace App\\Entity;
#[ORM\\Entity(repositoryClass: OrderRepository::class)]
#[ORM\\Table(name: 'orders')]
class Order {
  #[ORM\\ManyToOne(targetEntity: Customer::class)]
  private ?Customer $customer;
  #[ORM\\OneToMany(targetEntity: Line::class, cascade: ['persist', 'remove'])]
  private Collection $lines;
}
#[ORM\\Entity]
class Line {}
#[ORM\\Entity]
class Customer {}`,
    'src/Controller/OrderController.php': `<?php
namespace App\\Controller;
use App\\Entity\\Order;
#[Route('/api')]
class OrderController {
  public function __construct(private Mailer $mailer) {}
  #[Route('/orders/{id}', methods: ['GET', 'PUT'])]
  public function show(Order $order): Response { $this->mailer->send($order); }
}`,
    'src/Mail/Mailer.php':
      '<?php\nnamespace App\\Mail;\n#[AsMessageHandler]\nclass Mailer { function send($x) {} }',
  });
  expect(said(graph)).toEqual(
    inOrder([
      'App.Entity.Customer is customer',
      'App.Entity.Line is line',
      'App.Entity.Order is orders',
      'line -> orders',
      'orders -> customer',
      'http GET /api/orders/{id} by App.Controller.OrderController show',
      'http PUT /api/orders/{id} by App.Controller.OrderController show',
      'listener Mailer by App.Mail.Mailer __invoke',
    ]),
  );
  expect(tied(graph)).toContain('App.Controller.OrderController -> App.Mail.Mailer');
});
